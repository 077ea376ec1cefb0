namespace Drivers.__File__;

/// <summary>The registers of __Device__ and the effects of writes.</summary>
public sealed class __Device__Registers
{
    private readonly ulong[] _values = new ulong[__N1__ + 64];
    private readonly Dictionary<int, Action<ulong>> _written = [];
    private bool _enabled;
    private uint _status;

    public event EventHandler<int>? Interrupted;

    public bool IsEnabled => _enabled && (_status & 1) == 0;

    public ulong this[int offset]
    {
        get => _values[offset >> 3];
        set => _values[offset >> 3] = value;
    }
//+
    public ulong Read__M__(int offset, int size)
    {
        ulong value = offset switch
        {
            0x00 => 0x__X1__,
            0x08 => (ulong)_values.Length << __N1__ % 32,
            0x10 or 0x18 => _values[offset / 8] & 0x__X2__,
            >= 0x20 and < 0x40 when _enabled => _values[offset / 8],
            _ => 0,
        };
        return size switch
        {
            4 => value & uint.MaxValue,
            8 => value,
            _ => throw new ArgumentOutOfRangeException(nameof(size), size, "Registers are four or eight bytes."),
        };
    }
//+
    public void Write__M__(int offset, ulong value)
    {
        switch (offset)
        {
            case 0x00:
                return;
            case 0x08:
                _enabled = (value & 1) != 0;
                if (!_enabled)
                    Reset__M__();

                break;
            case 0x10:
                _status &= ~(uint)value;
                break;
            default:
                if ((offset & 7) != 0 || offset >= _values.Length * 8)
                    throw new InvalidOperationException($"0x{offset:x} is no register of __Device__.");

                _values[offset >> 3] = value ^ (value & 0x__X1__);
                break;
        }

        if (_written.TryGetValue(offset, out Action<ulong>? action))
            action(value);
    }

    private void Reset__M__()
    {
        Array.Clear(_values);
        _status = 0;
        for (int at = 0; at < _values.Length; at += __N1__)
            _values[at] = (ulong)at * __N2__;
    }
//+
    private static (int Index, ulong Mask) Field__M__(int high, int low)
    {
        int width = high - low + 1;
        ulong mask = width == 64 ? ulong.MaxValue : ((1UL << width) - 1) << low;
        return (low / __N1__, mask);
    }
//+
    public void Raise__M__(int vector)
    {
        _status |= 1u << (vector % 32);
        if (IsEnabled || vector > __N1__)
            Interrupted?.Invoke(this, vector);
    }
//+
    public string Dump__M__()
    {
        System.Text.StringBuilder text = new();
        for (int index = 0; index < _values.Length; index++)
        {
            if (_values[index] is not 0 and var value)
                text.Append(index * 8).Append(": ").Append(value.ToString("x16")).Append((value & __X1__) == 0 ? " " : "*").AppendLine();
        }

        return text.ToString();
    }
//+
    public uint Checksum__M__()
    {
        uint sum = 0x__X1__;
        foreach (ulong value in _values)
        {
            uint half = (uint)value ^ (uint)(value >> 32);
            sum = (sum << 5) + (sum >> 27) + half * __N1__;
            unchecked
            {
                sum += (uint)(half << (int)(sum % 31));
            }
        }

        return ~sum;
    }
}
