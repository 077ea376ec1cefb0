namespace Corpus;

/// <summary>Gives a virtual machine ids under its own numbers, without access to the data.</summary>
public sealed class VfioContainer([OwnerSet] IoAsidSet ids, Func<RawIoAsid, ulong, int> invalidate) : IDisposable
{
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _attached = [];

    public bool Attach(PrivateIoAsid guest)
    {
        if (_attached.ContainsKey(guest) || !ids.TryHold(guest, out IoAsidReference? reference))
            return false;

        _attached.Add(guest, reference);
        return true;
    }

    public void Detach(PrivateIoAsid guest)
    {
        if (_attached.Remove(guest, out IoAsidReference? reference))
            reference.Dispose();
    }

    public int Invalidate(PrivateIoAsid guest, ulong address)
    {
        if (!ids.TryHold(guest, out IoAsidReference? mine))
            return 0;

        using (mine)
            return invalidate(mine.Id, address);
    }

    public int InvalidateAll(IReadOnlyCollection<PrivateIoAsid> guests)
    {
        int count = 0;
        foreach (PrivateIoAsid guest in guests)
        {
            if (!ids.TryHold(guest, out IoAsidReference? mine))
                continue;

            try
            {
                count += invalidate(mine.Id, 0);
            }
            finally
            {
                mine.Dispose();
            }
        }

        return count;
    }

    public bool IsMine([GuestControlled] RawIoAsid pasid) => ids.Contains(pasid);

    public uint? Translate(PrivateIoAsid guest) => ids.TryResolve(guest, out RawIoAsid pasid) ? pasid.Value : null;

    public IoAsidReference? Lend(PrivateIoAsid guest) => ids.TryHold(guest, out IoAsidReference? lent) ? lent : null;

    public void Dispose()
    {
        foreach (IoAsidReference reference in _attached.Values)
            reference.Dispose();

        _attached.Clear();
    }
}
