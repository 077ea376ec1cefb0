namespace IoAsid.Typed.Vtd;

/// <summary>T1 and T2 of a fault record: the kind of request.</summary>
public enum FaultRequestType
{
    /// <summary>A write.</summary>
    Write = 0,

    /// <summary>A page request.</summary>
    PageRequest = 1,

    /// <summary>A read.</summary>
    Read = 2,

    /// <summary>A read, change and write in one.</summary>
    AtomicOperation = 3,
}
