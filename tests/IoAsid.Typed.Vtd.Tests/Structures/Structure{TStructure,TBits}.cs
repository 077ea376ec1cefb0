using System.Reflection;

namespace IoAsid.Typed.Vtd.Tests.Structures;

internal sealed class Structure<TStructure, TBits> : Structure
    where TStructure : struct, IBitStructure<TStructure, TBits>
    where TBits : struct, IBits<TBits>
{
    private static readonly Type[] Combined = [typeof(TBits), typeof(DeviceTlbRange)];

    public override string Name => typeof(TStructure).Name;

    public override Layout Layout => TStructure.Layout;

    public override int Words => TBits.Words;

    public override IReadOnlyList<PropertyInfo> FieldProperties { get; } =
    [
        .. typeof(TStructure).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !Combined.Contains(property.PropertyType)),
    ];

    public override object Decode(ulong[] words) => new TStructure { Bits = RawWords.Read<TBits>(words) };

    public override ulong[] Encode(object structure) => ToWords(((TStructure)structure).Bits);

    public override ulong[] With(ulong[] words, BitField field, ulong value) => ToWords(field.With(RawWords.Read<TBits>(words), value));

    public override ulong Get(ulong[] words, BitField field) => field.Get(RawWords.Read<TBits>(words));

    public override ulong[] Reserved(in VtdCapabilities capabilities) => ToWords(TStructure.Layout.ReservedMask<TBits>(capabilities));

    private static ulong[] ToWords(TBits bits)
    {
        var words = new ulong[TBits.Words];
        RawWords.Write(bits, words);
        return words;
    }
}
