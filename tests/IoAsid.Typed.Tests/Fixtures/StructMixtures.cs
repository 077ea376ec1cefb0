using System.Reflection;

namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>Mixes two values of a struct word by word, as a data race can.</summary>
internal static class StructMixtures
{
    /// <summary>Returns every mixture of the fields of two values, the values themselves included.</summary>
    public static IEnumerable<TStruct> Of<TStruct>(TStruct left, TStruct right)
        where TStruct : struct
    {
        FieldInfo[] fields = typeof(TStruct).GetFields(BindingFlags.Instance | BindingFlags.NonPublic);
        for (int choice = 0; choice < 1 << fields.Length; choice++)
        {
            object mixed = default(TStruct);
            for (int field = 0; field < fields.Length; field++)
            {
                object from = ((choice >> field) & 1) == 0 ? left : right;
                fields[field].SetValue(mixed, fields[field].GetValue(from));
            }

            yield return (TStruct)mixed;
        }
    }
}
