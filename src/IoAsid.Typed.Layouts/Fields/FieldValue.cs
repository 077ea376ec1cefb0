using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>Conversions for generated code. They reach explicit implementations without boxing.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FieldValue
{
    /// <summary>Returns the value that a field holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TValue FromField<TValue>(ulong bits)
        where TValue : struct, IFieldValue<TValue> =>
        TValue.FromField(bits);

    /// <summary>Returns the bits that a field stores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToField<TValue>(TValue value)
        where TValue : struct, IFieldValue<TValue> =>
        value.ToField();
}
