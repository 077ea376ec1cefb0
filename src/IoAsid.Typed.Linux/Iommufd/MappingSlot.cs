using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>
/// The state of a mapping, used again after the mapping has ended. The ticket tells its uses apart, so a mapping costs no allocation and an
/// old <see cref="IoasMapping"/> cannot unmap a later one.
/// </summary>
internal sealed class MappingSlot
{
    /// <summary>Odd while a mapping uses the slot.</summary>
    private uint _ticket;

    /// <summary>The next slot without a mapping.</summary>
    public MappingSlot? Next { get; set; }

    public ulong Address { get; private set; }

    public ulong Length { get; private set; }

    /// <summary>The memory that the mapping keeps.</summary>
    public SafeHandle? Memory { get; private set; }

    /// <summary>Begins a use of the slot.</summary>
    public uint Begin(ulong address, ulong length, SafeHandle? memory)
    {
        Address = address;
        Length = length;
        Memory = memory;
        return Interlocked.Increment(ref _ticket);
    }

    public bool IsCurrent(uint ticket) => Volatile.Read(ref _ticket) == ticket;

    /// <summary>Tries to end a use of the slot.</summary>
    /// <returns>True if this call ended the use; false if it had ended before.</returns>
    public bool TryEnd(uint ticket) => Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket;

    /// <summary>Continues a use that <see cref="TryEnd"/> has ended: the kernel did not unmap.</summary>
    public void Continue(uint ticket) => Volatile.Write(ref _ticket, ticket);

    /// <summary>Tries to end the use of the slot, because the kernel has unmapped everything.</summary>
    /// <returns>True if the slot was in use; false otherwise.</returns>
    public bool TryAbandon()
    {
        uint ticket = Volatile.Read(ref _ticket);
        bool ended = ticket % 2 != 0 && TryEnd(ticket);
        if (ended)
            Memory?.DangerousRelease();

        return ended;
    }
}
