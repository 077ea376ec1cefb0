namespace IoAsid.Typed.Linux;

/// <summary>The handle of an address space. When the kernel has destroyed it, its mappings no longer keep their memory.</summary>
internal sealed class IoasHandle(FileHandle iommufd) : ObjectHandle(iommufd)
{
    private readonly Gate _gate = new();
    private readonly List<MappingSlot> _slots = []; // Guarded by _gate.
    private MappingSlot? _free; // Guarded by _gate. The slots without a mapping, linked by Next.

    public MappingSlot RentSlot()
    {
        using Gate.Scope scope = _gate.Enter();
        if (_free is not { } slot)
            return Create();

        _free = slot.Next;
        return slot;
    }

    public void ReturnSlot(MappingSlot slot)
    {
        using Gate.Scope scope = _gate.Enter();
        Push(slot);
    }

    /// <summary>Ends all mappings, because the kernel has unmapped everything.</summary>
    public void AbandonMappings()
    {
        using Gate.Scope scope = _gate.Enter();
        foreach (MappingSlot slot in _slots)
        {
            // A slot that is being unmapped at this moment is returned by the unmap.
            if (slot.TryAbandon())
                Push(slot);
        }
    }

    private protected override bool Destroy()
    {
        bool destroyed = base.Destroy();
        if (destroyed)
            AbandonMappings();

        return destroyed;
    }

    private MappingSlot Create()
    {
        MappingSlot slot = new();
        _slots.Add(slot);
        return slot;
    }

    private void Push(MappingSlot slot) => (slot.Next, _free) = (_free, slot);
}
