using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The memory of QEMU's machine. The machine is idle between two commands, so a read and a write are a compare-exchange.</summary>
internal sealed class QtestMemory(QtestConnection connection, ulong size) : IPhysicalMemory
{
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!Has(address, destination.Length))
            return false;
        connection.Read(address, destination);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!Has(address, source.Length))
            return false;
        connection.Write(address, source);
        return true;
    }

    public bool TryReadUInt32(ulong address, out uint value)
    {
        bool has = Has(address, sizeof(uint));
        value = has ? connection.ReadUInt32(address) : 0;
        return has;
    }

    public bool TryWriteUInt32(ulong address, uint value)
    {
        if (!Has(address, sizeof(uint)))
            return false;
        connection.WriteUInt32(address, value);
        return true;
    }

    public bool TryReadUInt64(ulong address, out ulong value)
    {
        bool has = Has(address, sizeof(ulong));
        value = has ? connection.ReadUInt64(address) : 0;
        return has;
    }

    public bool TryWriteUInt64(ulong address, ulong value)
    {
        if (!Has(address, sizeof(ulong)))
            return false;
        connection.WriteUInt64(address, value);
        return true;
    }

    public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found)
    {
        if (!TryReadUInt64(address, out found))
            return false;
        if (found == expected)
            connection.WriteUInt64(address, value);
        return true;
    }

    private bool Has(ulong address, int length) => address < size && (ulong)length <= size - address;
}
