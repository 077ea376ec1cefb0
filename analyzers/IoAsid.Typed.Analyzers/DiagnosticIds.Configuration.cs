namespace IoAsid.Typed.Analyzers;

/// <content>Rules about the configuration of the rules: IOASID0xxx. IOASID0001 is reported by the targets of the package.</content>
public static partial class DiagnosticIds
{
    /// <summary>An option that does nothing.</summary>
    public const string InvalidOption = "IOASID0002";
}
