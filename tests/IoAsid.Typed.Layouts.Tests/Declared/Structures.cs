using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts.Tests;

/// <summary>The optional features of the tested device.</summary>
[Flags]
public enum Feature
{
    None = 0,
    Fast = 1,
    Wide = 1 << 30,
}

public enum Mode
{
    Off = 0,
    On = 1,
    Test = 3,
}

#pragma warning disable CA1028 // The widest underlying type of an enumeration
public enum Wide : ulong
#pragma warning restore CA1028
{
    None = 0,
    Most = ulong.MaxValue,
}

/// <summary>An id of 20 bits, with explicit implementations.</summary>
[FieldWidth(20)]
public readonly record struct Tag(uint Number) : IFieldValue<Tag>
{
    static Tag IFieldValue<Tag>.FromField(ulong bits) => new((uint)bits);

    ulong IFieldValue<Tag>.ToField() => Number;
}

[BitLayout("Byte", 8)]
public readonly partial record struct ByteStructure
{
    [Bits("F", 0)] public partial bool Flag { get; init; }

    [Bits("N", 3, 6)] public partial byte Number { get; init; }
}

[BitLayout("Half", 16)]
public readonly partial record struct HalfStructure
{
    [Bits("M", 14, 15)] public partial Mode Mode { get; init; }

    [Bits("S", 0, 6)] public partial sbyte Small { get; init; }
}

[BitLayout("Word", 32)]
public readonly partial record struct WordStructure
{
    [Bits("ALL", 0, 31)] public partial uint All { get; init; }
}

[BitLayout("Register", 32)]
public readonly partial record struct RegisterInLongWord(Bits64 Bits)
{
    [Bits("TOP", 31)] public partial bool Top { get; init; }
}

[BitLayout("Long", 64)]
public readonly partial record struct LongStructure
{
    [Bits("ADDR", 12, 51, Content = FieldContent.HostAddress)] public partial ulong Address { get; init; }

    [Bits("TAG", 52, 61)] public partial Tag Narrow { get; init; }

    [Bits("TOP", 63)] internal partial bool Top { get; init; }
}

[BitLayout("Pair", 128)]
public readonly partial record struct PairStructure
{
    /// <summary>Creates a pair whose flag is set.</summary>
    public PairStructure()
        : this(new Bits128(1, 0))
    {
    }

    [Bits("F", 0)] public partial bool Flag { get; init; }

    [Bits("W", 64, 127)] public partial Wide Wide { get; init; }
}

[BitLayout("Quad", 256, Needs = Feature.Wide, Since = "2.0", Access = RegisterAccess.OneToClear)]
public readonly partial record struct QuadStructure
{
    [Bits("A", 0, 19)] public partial Tag Tag { get; init; }

    [Bits("B", 191, Needs = Feature.Fast, RemovedIn = "2.10")] public partial bool Early { get; init; }

    [Bits("C", 200, 207, Since = "2.9", Access = RegisterAccess.ReadOnly)] public partial byte Late { get; init; }

    [Bits("GONE", 255, RemovedIn = "3.0")] public partial bool Gone { get; init; }
}

[BitLayout("Octet", 512)]
public readonly partial record struct OctetStructure
{
    [Bits("W0", 0, 63)] public partial ulong Word0 { get; init; }

    [Bits("W1", 64, 94)] public partial int Word1 { get; init; }

    [Bits("W2", 128, 190)] public partial long Word2 { get; init; }

    [Bits("W3", 192, 206)] public partial short Word3 { get; init; }

    [Bits("W4", 256, 271)] public partial ushort Word4 { get; init; }

    [Bits("W5", 320, 383, Content = FieldContent.Address)] public partial ulong Word5 { get; init; }

    [Bits("W6", 400, 410)] public partial ushort Word6 { get; init; }

    [Bits("W7", 511)] public partial bool Word7 { get; init; }
}

/// <summary>A structure with values that are split within a word and across words, and with an initial type.</summary>
[BitLayout("Split", 256, Initial = 0x8000_0000_0000_0002)]
public readonly partial record struct SplitStructure
{
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial Mode Type { get; init; }

    [Bits("TAG_LOW", 120, 127, Access = RegisterAccess.ReadOnly)]
    [Bits("TAG_HIGH", 12, 23, Needs = Feature.Fast)]
    public partial Tag Tag { get; init; }

    [Bits("LOW_HALF", 224, 255), Bits("HIGH_HALF", 192, 223)] public partial ulong Swapped { get; init; }
}

[BitLayout("Begun", 8, Initial = 0x81)]
public readonly partial record struct BegunStructure(Bits16 Bits);

/// <summary>A structure in nested generic types, with members of its own in place of generated members.</summary>
public static partial class Outer
{
    public partial interface IMiddle<T>
    {
        [BitLayout("A \"quoted\" name", 8)]
        [StructLayout(LayoutKind.Sequential)]
        readonly partial record struct Inner
        {
            public const int SizeInBytes = 100;

            [Bits("class", 0)] public partial bool @class { get; init; }

            [Bits("RO", 1)] public partial bool ReadOnly { get; }

            public static string ReservedMask => "by hand";

            public override string ToString() => "by hand";
        }
    }
}
