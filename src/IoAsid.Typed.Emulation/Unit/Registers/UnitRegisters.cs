using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The registers of a unit, with the access rules of the register file: read-write bits, bits that a one clears, and bits that read as zero. Parts of the unit
/// handle writes with <see cref="OnWrite"/>. Undeclared bits are not stored and read as zero.
/// </summary>
internal sealed class UnitRegisters : IRegisterBlock
{
    private readonly Register?[] _byGranule;

    public UnitRegisters(RegisterFile file)
    {
        _byGranule = new Register?[file.Size / 4];
        foreach (PlacedRegister placed in file.Registers)
        {
            Register register = new(placed);
            for (int offset = placed.Offset; offset < placed.End; offset += 4)
                _byGranule[offset / 4] = register;
        }
    }

    /// <summary>The stored value of a register; permanently 0 if the unit does not have the register.</summary>
    /// <param name="offset">The offset of the register, in bytes.</param>
    public ulong this[int offset]
    {
        get => Find((uint)offset)?.Value ?? 0;
        set
        {
            if (Find((uint)offset) is { } register)
                register.Value = value;
        }
    }

    /// <summary>Returns true if the unit has a register.</summary>
    /// <param name="offset">The offset of the register, in bytes.</param>
    public bool Has(int offset) => Find((uint)offset) is not null;

    /// <summary>Adds a handler of writes to a register. It is called after the value was stored. Does nothing if the unit does not have the register.</summary>
    /// <param name="offset">The offset of the register, in bytes.</param>
    /// <param name="written">The handler.</param>
    public void OnWrite(int offset, Action<RegisterWrite> written)
    {
        if (Find((uint)offset) is { } register)
            register.Add(written);
    }

    /// <inheritdoc/>
    public uint Read32(uint offset)
    {
        MustBeAligned(offset, 4);
        return Find(offset) is { } register ? (uint)(register.Placed.Masks.Read(register.Value) >> register.ShiftOf(offset)) : 0;
    }

    /// <inheritdoc/>
    public ulong Read64(uint offset)
    {
        MustBeAligned(offset, 8);
        return Read32(offset) | (ulong)Read32(offset + 4) << 32;
    }

    /// <inheritdoc/>
    public void Write32(uint offset, uint value)
    {
        MustBeAligned(offset, 4);
        if (Find(offset) is { } register)
            register.Write((ulong)value << register.ShiftOf(offset), 0xFFFF_FFFFUL << register.ShiftOf(offset));
    }

    /// <inheritdoc/>
    public void Write64(uint offset, ulong value)
    {
        MustBeAligned(offset, 8);
        if (Find(offset) is { Placed.Width: 64 } register)
        {
            register.Write(value, ulong.MaxValue);
            return;
        }

        Write32(offset, (uint)value);
        Write32(offset + 4, (uint)(value >> 32));
    }

    private Register? Find(uint offset) => offset / 4 < (uint)_byGranule.Length ? _byGranule[offset / 4] : null;

    private static void MustBeAligned(uint offset, uint size)
    {
        if (offset % size != 0)
            throw new ArgumentException($"The offset 0x{offset:X} is not a multiple of {size}. An access of {size} bytes to registers must be aligned.", nameof(offset));
    }

    private sealed class Register(PlacedRegister placed)
    {
        private Action<RegisterWrite>? _written;

        public PlacedRegister Placed { get; } = placed;

        public ulong Value { get; set; } = placed.Reset;

        public int ShiftOf(uint offset) => ((int)offset - Placed.Offset) * 8;

        public void Add(Action<RegisterWrite> written) => _written += written;

        public void Write(ulong value, ulong lanes)
        {
            ulong before = Value;
            Value = Placed.Masks.Write(before, value, lanes);
            _written?.Invoke(new RegisterWrite(before, value, lanes));
        }
    }
}
