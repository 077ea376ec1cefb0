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

    /// <summary>Creates the exception for a value that does not fit into the fields of a property.</summary>
    /// <param name="fields">The names and bits of the fields.</param>
    /// <param name="maximum">The highest value that the fields hold together.</param>
    /// <param name="value">The value.</param>
    public static ArgumentOutOfRangeException DoesNotFit(string fields, ulong maximum, ulong value) =>
        new(nameof(value), value, $"{fields} holds 0 to 0x{maximum:X}; 0x{value:X} does not fit.");

    /// <summary>Creates the exception for an address that does not fit into its field.</summary>
    /// <param name="field">The name and the bits of the field.</param>
    /// <param name="mask">The bits of an address that the field stores.</param>
    /// <param name="value">The address.</param>
    public static ArgumentOutOfRangeException AddressDoesNotFit(string field, ulong mask, ulong value) =>
        new(nameof(value), value, $"{field} stores the address bits 0x{mask:X}; 0x{value:X} has others set.");
}
