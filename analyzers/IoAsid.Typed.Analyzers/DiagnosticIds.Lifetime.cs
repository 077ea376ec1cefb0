namespace IoAsid.Typed.Analyzers;

public static partial class DiagnosticIds
{
    /// <summary>A hold, reference or binding that some path does not release.</summary>
    public const string Leak = "IOASID2001";

    /// <summary>A member used after a free or release.</summary>
    public const string UseAfterEnd = "IOASID2002";

    /// <summary>Data of an id without a hold, kept or used where the id may have ended.</summary>
    public const string UnheldData = "IOASID2004";

    /// <summary>An id freed before its binding is completed.</summary>
    public const string FreeBeforeCompletion = "IOASID2005";

    /// <summary>An allocation whose handle is dropped.</summary>
    public const string DroppedHandle = "IOASID2006";

    /// <summary>A check of an id that is out of date when it is acted upon.</summary>
    public const string CheckThenAct = "IOASID2007";

    /// <summary>Wait for a free that the caller's own hold prevents.</summary>
    public const string WaitWhileHolding = "IOASID2008";

    /// <summary>A registration or reservation that cannot be ended.</summary>
    public const string DroppedRegistration = "IOASID2009";
}
