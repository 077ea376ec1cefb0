using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The registers of a unit by their layouts. Each access has the width of the register.</summary>
internal sealed class DriverRegisters(IRegisterBlock block)
{
    private const int NarrowWidth = 32;

    public T Read<T>(int offset)
        where T : struct, IBitStructure<T, Bits64>
    {
        bool narrow = T.Layout.Size == NarrowWidth;
        return new T { Bits = narrow ? block.Read32((uint)offset) : block.Read64((uint)offset) };
    }

    public void Write<T>(int offset, T value)
        where T : struct, IBitStructure<T, Bits64>
    {
        if (T.Layout.Size == NarrowWidth)
            block.Write32((uint)offset, (uint)value.Bits.Value);
        else
            block.Write64((uint)offset, value.Bits.Value);
    }

    public ulong ReadWord(int offset) => block.Read64((uint)offset);

    public void WriteNarrow(int offset, uint value) => block.Write32((uint)offset, value);
}
