using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <content>Rules about driver code: IOASID4xxx.</content>
internal static partial class Descriptors
{
    private const string Drivers = "IoAsid.Drivers";

    public static readonly DiagnosticDescriptor UnfitCallback = new(
        DiagnosticIds.UnfitCallback,
        "Callback that waits, ends early or calls its own space",
        "The {0} given to '{1}' {2}; {3}",
        Drivers,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Getters run inside a lookup and observers on whatever thread allocates, binds, frees or releases an id. What waits there stops that "
            + "thread, and waits for ever if it waits for what that thread was about to do.",
        helpLinkUri: PageOf(DiagnosticIds.UnfitCallback));
}
