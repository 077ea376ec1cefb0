using System.Runtime.InteropServices;
using IoAsid.Typed;

namespace Migration.Enforced;

/// <summary>Completions that native code reports by a callback. The user data is the address of a handle.</summary>
public sealed class Completions
{
    private readonly List<string> _log = [];

    public IReadOnlyList<string> Log => _log;

    /// <summary>Begins a transfer and returns the user data that native code passes to the callback.</summary>
    public static nint Begin(Transfer transfer) => GCHandle.ToIntPtr(GCHandle.Alloc(transfer));

    /// <summary>The callback.</summary>
    public void OnCompleted(nint userData)
    {
        if (TransferOf(userData) is Transfer transfer)
            _log.Add($"{transfer.Name} completed");

        GCHandle.FromIntPtr(userData).Free();
    }

    [UntypedIoAsidLookup]
    internal static object? TransferOf(nint userData) => GCHandle.FromIntPtr(userData).Target;
}
