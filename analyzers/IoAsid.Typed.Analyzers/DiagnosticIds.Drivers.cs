namespace IoAsid.Typed.Analyzers;

/// <content>Rules about driver code: IOASID4xxx.</content>
public static partial class DiagnosticIds
{
    /// <summary>A getter, observer or allocator that does what it must not.</summary>
    public const string UnfitCallback = "IOASID4002";
}
