namespace IoAsid.Typed.Layouts;

/// <summary>A type of its own for the value of a field, such as an id or an address.</summary>
/// <remarks>The type also carries a <see cref="FieldWidthAttribute"/>. Implementations can be explicit.</remarks>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IFieldValue<TSelf>
    where TSelf : struct, IFieldValue<TSelf>
{
    /// <summary>Returns the value that a field holds.</summary>
    /// <param name="bits">The bits of the field, at most as many as <see cref="FieldWidthAttribute"/> states.</param>
    static abstract TSelf FromField(ulong bits);

    /// <summary>Returns the bits that a field stores.</summary>
    ulong ToField();
}
