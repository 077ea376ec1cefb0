using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A block of registers in the address space of QEMU's machine.</summary>
internal sealed class QtestRegisters(QtestConnection connection, ulong start) : IRegisterBlock
{
    public uint Read32(uint offset) => connection.ReadUInt32(start + offset);

    public ulong Read64(uint offset) => connection.ReadUInt64(start + offset);

    public void Write32(uint offset, uint value) => connection.WriteUInt32(start + offset, value);

    public void Write64(uint offset, ulong value) => connection.WriteUInt64(start + offset, value);
}
