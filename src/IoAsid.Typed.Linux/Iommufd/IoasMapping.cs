using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>A mapping of memory into an address space. Disposing it unmaps the memory.</summary>
/// <remarks>
/// Copies are the same mapping: the first one that is disposed unmaps it, the others do nothing. A mapping that is forgotten lasts until its
/// address space is disposed, and keeps its memory until then.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct IoasMapping : IDisposable, IEquatable<IoasMapping>
{
    private readonly Ioas? _ioas;
    private readonly MappingSlot? _slot;
    private readonly uint _ticket;

    internal IoasMapping(Ioas ioas, MappingSlot slot, uint ticket, ulong address, ulong length)
    {
        _ioas = ioas;
        _slot = slot;
        _ticket = ticket;
        Address = address;
        Length = length;
    }

    /// <summary>The first I/O virtual address.</summary>
    public ulong Address { get; }

    /// <summary>The number of bytes.</summary>
    public ulong Length { get; }

    /// <summary>The address space.</summary>
    /// <exception cref="InvalidOperationException">The mapping is <c>default</c>.</exception>
    public Ioas Ioas => _ioas ?? throw new InvalidOperationException("A default IoasMapping maps nothing. Mappings come from Ioas.Map, MapFile and CopyFrom.");

    /// <summary>Gets a value indicating whether the memory is still mapped.</summary>
    public bool IsMapped => _slot is not null && _slot.IsCurrent(_ticket);

    /// <summary>The memory that the mapping keeps; null after the unmap.</summary>
    internal SafeHandle? Memory => _slot?.Memory;

    internal void ThrowIfEnded() => ObjectDisposedException.ThrowIf(!IsMapped, typeof(IoasMapping));

    /// <summary>Compares two mappings.</summary>
    /// <returns>True if the two are the same mapping.</returns>
    public static bool operator ==(IoasMapping left, IoasMapping right) => left.Equals(right);

    /// <summary>Compares two mappings.</summary>
    /// <returns>True if the two are different mappings.</returns>
    public static bool operator !=(IoasMapping left, IoasMapping right) => !left.Equals(right);

    /// <summary>Unmaps the memory. On return, no device reaches it through this address space. Further calls do nothing.</summary>
    /// <exception cref="SystemCallException">The kernel does not unmap the range. The mapping continues.</exception>
    public void Dispose()
    {
        if (_slot is not null && _slot.TryEnd(_ticket))
            _ioas!.End(_slot, _ticket);
    }

    /// <inheritdoc/>
    public bool Equals(IoasMapping other) => _slot == other._slot && _ticket == other._ticket;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IoasMapping other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_slot, _ticket);

    /// <summary>Returns the range and the address space.</summary>
    public override string ToString() => _ioas is null ? "(default mapping)" : $"0x{Address:X}, 0x{Length:X} bytes, of {_ioas}{(IsMapped ? "" : ", unmapped")}";
}
