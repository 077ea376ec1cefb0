namespace IoAsid.Typed.Vtd;

/// <summary>FSPM of a PASID table entry: how many levels the first stage has. 2 and 3 are invalid.</summary>
public enum FirstStagePagingMode
{
    /// <summary>4 levels: 48-bit canonical addresses.</summary>
    FourLevel = 0,

    /// <summary>5 levels: 57-bit canonical addresses. Needs CAP.FS5LP.</summary>
    FiveLevel = 1,
}
