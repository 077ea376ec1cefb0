using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Registers that hold what is written, bits that a write clears aside, with hardware that does something just before a register is read.</summary>
internal sealed class ScriptedRegisters : IRegisterBlock
{
    private readonly Dictionary<uint, ulong> _values = [];

    /// <summary>Registers where a one that is written clears the bit.</summary>
    public HashSet<uint> ClearedByOnes { get; } = [];

    /// <summary>Hardware's next deed, done once, before the register is read.</summary>
    public Dictionary<uint, Action> BeforeRead { get; } = [];

    /// <summary>Hardware's deed after a register is written.</summary>
    public Dictionary<uint, Action> AfterWrite { get; } = [];

    /// <summary>The registers that were written, in order.</summary>
    public List<uint> Written { get; } = [];

    public ulong this[uint offset]
    {
        get => _values.GetValueOrDefault(offset);
        set => _values[offset] = value;
    }

    public uint Read32(uint offset) => (uint)Read64(offset);

    public ulong Read64(uint offset)
    {
        if (BeforeRead.Remove(offset, out Action? deed))
            deed();
        return this[offset];
    }

    public void Write32(uint offset, uint value) => Write64(offset, value);

    public void Write64(uint offset, ulong value)
    {
        Written.Add(offset);
        this[offset] = ClearedByOnes.Contains(offset) ? this[offset] & ~value : value;
        if (AfterWrite.TryGetValue(offset, out Action? deed))
            deed();
    }
}
