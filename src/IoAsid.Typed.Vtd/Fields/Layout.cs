using System.Collections.Immutable;
using System.Text;

namespace IoAsid.Typed.Vtd;

/// <summary>A structure that hardware and software share: its name, size and fields. What no field has is reserved.</summary>
/// <remarks>Immutable, so safe for all threads.</remarks>
public sealed class Layout
{
    private readonly ImmutableArray<BitField> _fields;

    /// <summary>Declares a structure.</summary>
    /// <param name="name">What the architecture calls it.</param>
    /// <param name="size">Its size in bits: 32, 64, 128, 256 or 512.</param>
    /// <param name="fields">Its fields, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">No container has that size.</exception>
    /// <exception cref="ArgumentException">Two fields overlap or have one name, or a field overruns the structure.</exception>
    public Layout(string name, int size, params ReadOnlySpan<BitField> fields)
    {
        if (size is not (32 or 64 or 128 or 256 or 512))
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, $"{name}: a structure has 32, 64, 128, 256 or 512 bits.");
        }

        Name = name;
        Size = size;
        _fields = [.. fields];
        RequireInside(name, size, fields);
        RequireApart(name, fields);
    }

    /// <summary>What the architecture calls the structure.</summary>
    public string Name { get; }

    /// <summary>The size in bits.</summary>
    public int Size { get; }

    /// <summary>The fields, as they were declared.</summary>
    public IReadOnlyList<BitField> Fields => _fields;

    /// <summary>A field by its name in the architecture.</summary>
    /// <exception cref="KeyNotFoundException">There is no such field; the message names those there are.</exception>
    public BitField this[string name]
    {
        get
        {
            foreach (BitField field in _fields)
            {
                if (string.Equals(field.Name, name, StringComparison.Ordinal))
                {
                    return field;
                }
            }

            throw new KeyNotFoundException($"{Name} has no field {name}; it has {string.Join(", ", _fields)}.");
        }
    }

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    /// <remarks>
    /// Those no field has, those of fields that need something the unit has not, and in fields that hold host addresses those at
    /// and above the host address width. Compute it once, not for every entry.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public TBits ReservedMask<TBits>(in VtdCapabilities capabilities)
        where TBits : struct, IBits<TBits>
    {
        RequireContainer<TBits>();
        TBits reserved = default;
        for (int word = 0; word < TBits.Words; word++)
        {
            reserved = reserved.WithWord(word, ~Usable(word, capabilities));
        }

        return reserved;
    }

    /// <summary>The bits no field has, whatever the capabilities.</summary>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public TBits UndeclaredMask<TBits>()
        where TBits : struct, IBits<TBits>
    {
        RequireContainer<TBits>();
        TBits undeclared = default;
        for (int word = 0; word < TBits.Words; word++)
        {
            undeclared = undeclared.WithWord(word, ~Declared(word));
        }

        return undeclared;
    }

    /// <summary>The structure decoded for people: every field with its value, and the undeclared bits that are set.</summary>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public string Describe<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        TBits undeclared = UndeclaredMask<TBits>();
        var text = new StringBuilder(Name).Append(':');
        foreach (BitField field in _fields)
        {
            text.Append(' ').Append(field.Name).Append('=').Append(Value(field, bits));
        }

        for (int word = 0; word < TBits.Words; word++)
        {
            if ((bits[word] & undeclared[word]) is not 0 and ulong stray)
            {
                text.Append($" reserved[{(word * 64) + 63}:{word * 64}]=0x{stray:X}");
            }
        }

        return text.ToString();
    }

    /// <summary>The name, the size and the fields.</summary>
    public override string ToString() => $"{Name}, {Size} bits: {string.Join(", ", _fields)}";

    // An address reads best in place, as the table's pictures show it.
    private static string Value<TBits>(BitField field, in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        ulong value = field.Content == FieldContent.Value ? field.Get(bits) : field.GetAddress(bits);
        return value < 10 ? value.ToString() : $"0x{value:X}";
    }

    private ulong Declared(int word)
    {
        ulong declared = 0;
        foreach (BitField field in _fields)
        {
            declared |= field.Word == word ? field.Mask : 0;
        }

        return declared;
    }

    private ulong Usable(int word, in VtdCapabilities capabilities)
    {
        ulong usable = 0;
        foreach (BitField field in _fields)
        {
            if (field.Word == word && capabilities.Meets(field.Needs))
            {
                bool limited = field.Content == FieldContent.HostAddress;
                usable |= limited ? field.Mask & ~capabilities.AboveHostAddressWidth : field.Mask;
            }
        }

        return usable;
    }

    private static void RequireInside(string name, int size, ReadOnlySpan<BitField> fields)
    {
        foreach (BitField field in fields)
        {
            if (field.HighBit >= size)
            {
                throw new ArgumentException($"{field} overruns {name}, which has {size} bits.", nameof(fields));
            }
        }
    }

    private static void RequireApart(string name, ReadOnlySpan<BitField> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Conflict(fields[j], fields[i]) is { } conflict)
                {
                    throw new ArgumentException($"{name}: {conflict}", nameof(fields));
                }
            }
        }
    }

    private static string? Conflict(BitField one, BitField other)
    {
        if (one.LowBit <= other.HighBit && other.LowBit <= one.HighBit)
        {
            return $"{one} and {other} overlap.";
        }

        return string.Equals(one.Name, other.Name, StringComparison.Ordinal) ? $"{one} and {other} have one name." : null;
    }

    private void RequireContainer<TBits>()
        where TBits : struct, IBits<TBits>
    {
        if (Math.Max(Size, 64) != TBits.Words * 64)
        {
            throw new InvalidOperationException($"{Name} has {Size} bits and is not held by {typeof(TBits).Name}.");
        }
    }
}
