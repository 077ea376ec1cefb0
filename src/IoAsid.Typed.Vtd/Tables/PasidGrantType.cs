namespace IoAsid.Typed.Vtd;

/// <summary>PGTT of a PASID table entry: which stages translate. 0, 5, 6 and 7 are invalid.</summary>
public enum PasidGrantType
{
    /// <summary>Not a grant type.</summary>
    Invalid = 0,

    /// <summary>The first stage only.</summary>
    FirstStage = 1,

    /// <summary>The second stage only.</summary>
    SecondStage = 2,

    /// <summary>The first stage over the second: first-stage tables hold guest addresses.</summary>
    Nested = 3,

    /// <summary>No translation.</summary>
    PassThrough = 4,
}
