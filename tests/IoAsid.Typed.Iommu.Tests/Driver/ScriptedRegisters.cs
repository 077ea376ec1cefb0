using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Registers that hold the written values, except for bits that a write clears. An action of hardware can run before a read and after a write.</summary>
internal sealed class ScriptedRegisters : IRegisterBlock
{
    private readonly Dictionary<uint, ulong> _values = [];

    /// <summary>The registers in which a written 1 clears the bit.</summary>
    public HashSet<uint> ClearedByOnes { get; } = [];

    /// <summary>The action of hardware that runs once, before a register is read.</summary>
    public Dictionary<uint, Action> BeforeRead { get; } = [];

    /// <summary>The action of hardware that runs after a register is written.</summary>
    public Dictionary<uint, Action> AfterWrite { get; } = [];

    /// <summary>The written registers, in their order.</summary>
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
