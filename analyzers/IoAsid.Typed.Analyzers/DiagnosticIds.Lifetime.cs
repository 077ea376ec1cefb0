namespace IoAsid.Typed.Analyzers;

public static partial class DiagnosticIds
{
    /// <summary>Data of an id that nothing holds, kept or used where the id may be gone.</summary>
    public const string UnheldData = "IOASID2004";

    /// <summary>An allocation whose handle is dropped.</summary>
    public const string DroppedHandle = "IOASID2006";

    /// <summary>A check of an id that is out of date when it is acted upon.</summary>
    public const string CheckThenAct = "IOASID2007";

    /// <summary>A registration or reservation that nobody can end.</summary>
    public const string DroppedRegistration = "IOASID2009";
}
