using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>A group of page requests that waits for its answer.</summary>
internal sealed class PageRequestGroup : IValueTaskSource<PageAnswer>
{
    private AwaitCore<PageAnswer> _core;

    public int Index { get; set; }

    public PasidPrefix Prefix { get; set; }

    public ulong Address { get; set; }

    /// <summary>How many requests it has, each of which takes a credit.</summary>
    public int Count { get; set; }

    public ValueTask<PageAnswer> Task => new(this, _core.Token);

    public void End(PageAnswer answer) => _core.Set(answer);

    PageAnswer IValueTaskSource<PageAnswer>.GetResult(short token) => _core.Take(token);

    ValueTaskSourceStatus IValueTaskSource<PageAnswer>.GetStatus(short token) => _core.Status(token);

    void IValueTaskSource<PageAnswer>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.GoOnWith(continuation, state, token);
}
