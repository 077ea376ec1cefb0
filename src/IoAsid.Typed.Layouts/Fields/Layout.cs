using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>The declaration of a structure: its name, size and fields. Bits without a field are reserved.</summary>
/// <remarks>Immutable, so safe for all threads.</remarks>
public sealed class Layout
{
    private const int WordBits = 64;

    private readonly ImmutableArray<BitField> _fields;

    /// <summary>Declares a structure.</summary>
    /// <param name="name">The name in the architecture.</param>
    /// <param name="size">The size in bits: 8, 16, 32, 64, 128, 256 or 512.</param>
    /// <param name="fields">The fields, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">No container has that size.</exception>
    /// <exception cref="ArgumentException">Two fields overlap or have one name, or a field overruns the structure.</exception>
    public Layout(string name, int size, params ReadOnlySpan<BitField> fields)
    {
        if (size is not (8 or 16 or 32 or 64 or 128 or 256 or 512))
            throw new ArgumentOutOfRangeException(nameof(size), size, $"{name}: a structure has 8, 16, 32, 64, 128, 256 or 512 bits.");

        Name = name;
        Size = size;
        _fields = [.. fields];
        RequireInside(name, size, fields);
        RequireApart(name, fields);
    }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    /// <summary>The size in bits.</summary>
    public int Size { get; }

    /// <summary>The fields, in the order of their declaration.</summary>
    public ImmutableArray<BitField> Fields => _fields;

    /// <summary>The requirements of the whole structure, as the value of an enumeration. Without them every bit is reserved.</summary>
    public ulong Needs { get; init; }

    /// <summary>The first revision of the architecture that has the structure, or null.</summary>
    public Version? Since { get; init; }

    /// <summary>The first revision of the architecture that no longer has the structure, or null.</summary>
    public Version? RemovedIn { get; init; }

    /// <summary>The field with a name in the architecture.</summary>
    /// <exception cref="KeyNotFoundException">No field has that name; the message lists the fields.</exception>
    public BitField this[string name]
    {
        get
        {
            foreach (BitField field in _fields)
            {
                if (string.Equals(field.Name, name, StringComparison.Ordinal))
                    return field;
            }

            throw new KeyNotFoundException($"{Name} has no field {name}; it has {string.Join(", ", _fields)}.");
        }
    }

    /// <summary>Returns true if the structure exists under these conditions.</summary>
    public bool Exists(in LayoutConditions conditions) => conditions.Meet(Needs, Since, RemovedIn);

    /// <summary>Returns the bits that are reserved under these conditions, and so must be zero.</summary>
    /// <remarks>
    /// Reserved are bits without a field, bits of fields that do not exist, and, in fields that hold host addresses, the bits that
    /// no host address has. Compute the mask once, not for every entry.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public TBits ReservedMask<TBits>(in LayoutConditions conditions)
        where TBits : struct, IBits<TBits>
    {
        RequireContainer<TBits>();
        TBits reserved = default;
        for (int word = 0; word < TBits.Words; word++)
            reserved = reserved.WithWord(word, ~Usable(word, conditions));

        return reserved;
    }

    /// <summary>Returns the bits without a field under any conditions.</summary>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public TBits UndeclaredMask<TBits>()
        where TBits : struct, IBits<TBits>
    {
        RequireContainer<TBits>();
        TBits undeclared = default;
        for (int word = 0; word < TBits.Words; word++)
        {
            ulong declared = 0;
            foreach (BitField field in _fields)
                declared |= field.Word == word ? field.Mask : 0;

            undeclared = undeclared.WithWord(word, ~declared);
        }

        return undeclared;
    }

    /// <summary>Returns the name and each field with its value, and the undeclared bits that are set.</summary>
    /// <exception cref="InvalidOperationException">The structure does not fit the container.</exception>
    public string Describe<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        DefaultInterpolatedStringHandler text = new(0, 0, null, stackalloc char[256]);
        Append(ref text, bits);
        return text.ToStringAndClear();
    }

    /// <summary>Returns the structure as text.</summary>
    /// <param name="bits">The raw bits.</param>
    /// <param name="format">Null, empty or "G" for fields with their values; "X" for the words in hexadecimal, highest
    /// first.</param>
    /// <exception cref="FormatException">The format is unknown.</exception>
    public string Format<TBits>(in TBits bits, string? format)
        where TBits : struct, IBits<TBits>
    {
        DefaultInterpolatedStringHandler text = new(0, 0, null, stackalloc char[256]);
        Append(ref text, bits, format);
        return text.ToStringAndClear();
    }

    /// <summary>Tries to write the structure as text, without an allocation if the text is short.</summary>
    /// <param name="bits">The raw bits.</param>
    /// <param name="destination">The characters that are written.</param>
    /// <param name="charsWritten">The number of characters that were written.</param>
    /// <param name="format">Empty or "G" for fields with their values; "X" for the words in hexadecimal, highest first.</param>
    /// <returns>true if the text fits; false if the destination is too short.</returns>
    /// <exception cref="FormatException">The format is unknown.</exception>
    public bool TryFormat<TBits>(in TBits bits, Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default)
        where TBits : struct, IBits<TBits>
    {
        DefaultInterpolatedStringHandler text = new(0, 0, null, stackalloc char[512]);
        Append(ref text, bits, format);
        bool fits = text.Text.TryCopyTo(destination);
        charsWritten = fits ? text.Text.Length : 0;
        text.Clear();
        return fits;
    }

    /// <summary>Returns the name, the size and the fields.</summary>
    public override string ToString() => $"{Name}, {Size} bits: {string.Join(", ", _fields)}";

    private void Append<TBits>(ref DefaultInterpolatedStringHandler text, in TBits bits, ReadOnlySpan<char> format)
        where TBits : struct, IBits<TBits>
    {
        switch (format)
        {
            case "" or "G":
                Append(ref text, bits);
                break;
            case "X":
                AppendWords(ref text, bits);
                break;
            default:
                throw new FormatException($"{format} is no format of {Name}. Use G for fields or X for raw words.");
        }
    }

    private void Append<TBits>(ref DefaultInterpolatedStringHandler text, in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        TBits undeclared = UndeclaredMask<TBits>();
        text.AppendLiteral(Name);
        text.AppendLiteral(":");
        foreach (BitField field in _fields)
        {
            text.AppendLiteral(" ");
            text.AppendLiteral(field.Name);
            text.AppendLiteral("=");

            // An address reads best in place, as the pictures of tables show it.
            AppendValue(ref text, field.Content == FieldContent.Value ? field.Get(bits) : field.GetInPlace(bits));
        }

        for (int word = 0; word < TBits.Words; word++)
        {
            if ((bits[word] & undeclared[word]) is not 0 and ulong stray)
            {
                text.AppendLiteral(" reserved[");
                text.AppendFormatted((word * WordBits) + Math.Min(Size, WordBits) - 1);
                text.AppendLiteral(":");
                text.AppendFormatted(word * WordBits);
                text.AppendLiteral("]=");
                AppendValue(ref text, stray, alwaysHexadecimal: true);
            }
        }
    }

    private void AppendWords<TBits>(ref DefaultInterpolatedStringHandler text, in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        string digits = $"X{Math.Min(Size, WordBits) / 4}";
        for (int word = TBits.Words - 1; word >= 0; word--)
        {
            text.AppendFormatted(bits[word], digits);
            text.AppendLiteral(word == 0 ? "" : "_");
        }
    }

    private static void AppendValue(ref DefaultInterpolatedStringHandler text, ulong value, bool alwaysHexadecimal = false)
    {
        bool hexadecimal = alwaysHexadecimal || value > 9;
        text.AppendLiteral(hexadecimal ? "0x" : "");
        text.AppendFormatted(value, hexadecimal ? "X" : null);
    }

    private ulong Usable(int word, in LayoutConditions conditions)
    {
        ulong usable = 0;
        if (Exists(conditions))
        {
            foreach (BitField field in _fields)
            {
                if (field.Word == word && field.Exists(conditions))
                {
                    bool limited = field.Content == FieldContent.HostAddress;
                    usable |= limited ? field.Mask & ~conditions.ReservedAddressBits : field.Mask;
                }
            }
        }

        return usable;
    }

    private static void RequireInside(string name, int size, ReadOnlySpan<BitField> fields)
    {
        foreach (BitField field in fields)
        {
            if (field.HighBit >= size)
                throw new ArgumentException($"{field} overruns {name}, which has {size} bits.", nameof(fields));
        }
    }

    private static void RequireApart(string name, ReadOnlySpan<BitField> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Conflict(fields[j], fields[i]) is { } conflict)
                    throw new ArgumentException($"{name}: {conflict}", nameof(fields));
            }
        }
    }

    private static string? Conflict(BitField one, BitField other)
    {
        if (one.LowBit <= other.HighBit && other.LowBit <= one.HighBit)
            return $"{one} and {other} overlap.";

        return string.Equals(one.Name, other.Name, StringComparison.Ordinal) ? $"{one} and {other} have one name." : null;
    }

    private void RequireContainer<TBits>()
        where TBits : struct, IBits<TBits>
    {
        bool holds = Size == TBits.SizeInBytes * 8 || (Size < WordBits && TBits.SizeInBytes == sizeof(ulong));
        if (!holds)
            throw new InvalidOperationException($"{Name} has {Size} bits and is not held by {typeof(TBits).Name}.");
    }
}
