using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>An entry into an <see cref="AsyncLock"/>.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct AsyncLockEntry : IDisposable
{
    private readonly AsyncLock? _owner;
    private readonly long _entry;

    internal AsyncLockEntry(AsyncLock owner, long entry)
    {
        _owner = owner;
        _entry = entry;
    }

    /// <summary>Leaves the lock. Copies are the same entry.</summary>
    public void Dispose() => _owner?.Leave(_entry);
}
