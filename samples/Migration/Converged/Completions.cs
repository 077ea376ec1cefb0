using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Completions that native code reports by a callback. The user data is the number of the transfer's id.</summary>
public sealed class Completions(IoAsidSet<Transfer> transfers)
{
    private readonly List<string> _log = [];

    public IReadOnlyList<string> Log => _log;

    /// <summary>Begins a transfer and returns the user data that native code passes to the callback.</summary>
    public nint Begin(Transfer transfer) => checked((nint)transfers.Allocate(transfer).Id.Value);

    /// <summary>The callback.</summary>
    public void OnCompleted(nint userData)
    {
        if (!transfers.TryGetHandle(IdOf(userData), out IoAsidHandle<Transfer> handle))
            return;

        _log.Add($"{handle.Data?.Name} completed");
        handle.Free();
    }

    [HardwareBoundary]
    private static RawIoAsid IdOf(nint userData) => new(checked((uint)userData));
}
