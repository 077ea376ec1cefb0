namespace IoAsid.Typed.Analyzers;

/// <content>Rules about driver code: IOASID4xxx.</content>
public static partial class DiagnosticIds
{
    /// <summary>A page request group answered not at all, or twice.</summary>
    public const string NotAnsweredOnce = "IOASID4001";

    /// <summary>A getter, observer or allocator with a forbidden call.</summary>
    public const string UnfitCallback = "IOASID4002";
}
