using System.Buffers.Binary;

namespace IoAsid.Typed.Linux;

/// <summary>The configuration space of a function. The kernel hides or emulates the registers that a user must not change.</summary>
public sealed class VfioConfigurationSpace
{
    private const int Command = 4;
    private const ushort MemorySpaceEnable = 2;
    private const ushort BusMasterEnable = 4;

    private readonly VfioDevice _device;
    private VfioRegion? _region;

    internal VfioConfigurationSpace(VfioDevice device) => _device = device;

    /// <summary>Gets or sets a value indicating whether the function may send requests (Bus Master Enable).</summary>
    public bool BusMasterEnabled
    {
        get => (Read16(Command) & BusMasterEnable) != 0;
        set => SetCommand(BusMasterEnable, value);
    }

    /// <summary>Gets or sets a value indicating whether the function accepts accesses to its registers (Memory Space Enable).</summary>
    public bool MemorySpaceEnabled
    {
        get => (Read16(Command) & MemorySpaceEnable) != 0;
        set => SetCommand(MemorySpaceEnable, value);
    }

    private VfioRegion Region => _region ??= _device.GetRegion(VfioRegionIndex.Configuration);

    /// <summary>Reads 2 bytes.</summary>
    /// <param name="offset">The first byte.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside of the space.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public ushort Read16(int offset)
    {
        Span<byte> bytes = stackalloc byte[2];
        _device.Read(Region, offset, bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>Reads 4 bytes.</summary>
    /// <param name="offset">The first byte.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside of the space.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public uint Read32(int offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        _device.Read(Region, offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Writes 2 bytes.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside of the space.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public void Write16(int offset, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _device.Write(Region, offset, bytes);
    }

    /// <summary>Writes 4 bytes.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside of the space.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public void Write32(int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _device.Write(Region, offset, bytes);
    }

    private void SetCommand(ushort bit, bool value) => Write16(Command, (ushort)(value ? Read16(Command) | bit : Read16(Command) & ~bit));
}
