namespace IoAsid.Typed.Vtd;

/// <summary>A structure that hardware and software agree on, seen through its fields.</summary>
/// <remarks>
/// A structure is its raw bits and nothing else: decoding is reading a property, encoding is an object initializer or a
/// <c>with</c> expression, and bits no property has are kept. It never refuses bits it was given; whether they are legal is
/// told by its reserved mask.
/// </remarks>
/// <typeparam name="TSelf">The structure itself.</typeparam>
/// <typeparam name="TBits">Its raw bits.</typeparam>
public interface IBitStructure<TSelf, TBits>
    where TSelf : struct, IBitStructure<TSelf, TBits>
    where TBits : struct, IBits<TBits>
{
    /// <summary>The declaration: name, size, fields.</summary>
    static abstract Layout Layout { get; }

    /// <summary>The raw bits.</summary>
    TBits Bits { get; init; }
}
