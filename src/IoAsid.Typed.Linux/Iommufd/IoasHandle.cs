namespace IoAsid.Typed.Linux;

/// <summary>The handle of an address space. When the kernel has destroyed it, its mappings no longer keep their memory.</summary>
internal sealed class IoasHandle(FileHandle iommufd) : ObjectHandle(iommufd)
{
    private readonly object _gate = new();
    private readonly List<MappingSlot> _slots = []; // Guarded by _gate.
    private readonly Stack<MappingSlot> _free = []; // Guarded by _gate.

    public MappingSlot RentSlot()
    {
        lock (_gate)
        {
            if (!_free.TryPop(out MappingSlot? slot))
            {
                slot = new();
                _slots.Add(slot);
                // Room for the return of each slot, so that a return cannot fail.
                _free.EnsureCapacity(_slots.Count);
            }

            return slot;
        }
    }

    public void ReturnSlot(MappingSlot slot)
    {
        lock (_gate)
            _free.Push(slot);
    }

    /// <summary>Ends all mappings, because the kernel has unmapped everything.</summary>
    public void AbandonMappings()
    {
        lock (_gate)
        {
            foreach (MappingSlot slot in _slots)
            {
                // A slot that is being unmapped at this moment is returned by the unmap.
                if (slot.TryAbandon())
                    _free.Push(slot);
            }
        }
    }

    private protected override bool Destroy()
    {
        bool destroyed = base.Destroy();
        if (destroyed)
            AbandonMappings();

        return destroyed;
    }
}
