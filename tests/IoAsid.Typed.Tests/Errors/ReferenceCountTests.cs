using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>The reference count never overflows into the flags. One reference too many is refused, and the other references stay valid.</summary>
public sealed class ReferenceCountTests : IDisposable
{
    private const string Message = "Id 1 has 268,435,455 references";

    private static readonly Dictionary<string, Action<ReferenceCountTests>> Attempts = new()
    {
        ["a scoped hold"] = at => at._set.Hold(at._handle.Id).Dispose(),
        ["a reference with data"] = at => at._set.TryHold(at._handle.Id, out IoAsidReference<SvaBinding>? _),
        ["a reference without data"] = at => at._set.TryHold(at._handle.Id, out IoAsidReference? _),
        ["a reference by private id"] = at => at._set.TryHold(new PrivateIoAsid(9), out IoAsidReference? _),
        ["a reference with data by private id"] = at => at._set.TryHold(new PrivateIoAsid(9), out IoAsidReference<SvaBinding>? _),
        ["a reference through a reader"] = at => at._set.Reader.TryHold(at._handle.Id, out _),
        ["a binding"] = at => at._handle.Bind(),
    };

    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 16 });
    private readonly IoAsidSet<SvaBinding> _set;
    private readonly IoAsidHandle<SvaBinding> _handle;

    public ReferenceCountTests()
    {
        _set = _space.CreateSet<SvaBinding>("sva");
        _handle = _set.Allocate(new NativeSvaBinding("busy"));
        _handle.AttachPrivateId(new PrivateIoAsid(9));
    }

    public static TheoryData<string> Names => [.. Attempts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_reference_too_many_is_refused_and_changes_nothing(string name)
    {
        AddReferences(LifeWord.MaxReferences - 1);

        SpaceImage.AssertUnchanged(_space, () =>
            Assert.Contains(Message, Assert.Throws<InvalidOperationException>(() => Attempts[name](this)).Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_last_countable_reference_is_taken(string name)
    {
        AddReferences(LifeWord.MaxReferences - 2);

        Attempts[name](this);
    }

    [Fact]
    public void A_refused_binding_is_not_an_event()
    {
        EventLog log = new();
        _set.Observe(log.Observe);
        AddReferences(LifeWord.MaxReferences - 1);

        Assert.Throws<InvalidOperationException>(() => _handle.Bind());
        Assert.Empty(log.Lines);
    }

    public void Dispose() => _space.Dispose();

    private void AddReferences(uint count) => Interlocked.Add(ref _space.Lives.Find(_handle.Id.Value)!.Word(_handle.Id.Value), count);
}
