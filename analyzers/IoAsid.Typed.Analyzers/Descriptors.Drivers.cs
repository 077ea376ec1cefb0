using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <content>Rules about driver code: IOASID4xxx.</content>
internal static partial class Descriptors
{
    private const string Drivers = "IoAsid.Drivers";

    public static readonly DiagnosticDescriptor NotAnsweredOnce = new(
        DiagnosticIds.NotAnsweredOnce,
        "Not answered exactly once",
        "'{0}' ({1}) {2}; answer it exactly once on every path",
        Drivers,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A device waits for the response to its page request group. It takes a second response for the one to the next group with the same index.",
        helpLinkUri: PageOf(DiagnosticIds.NotAnsweredOnce));

    public static readonly DiagnosticDescriptor UnfitCallback = new(
        DiagnosticIds.UnfitCallback,
        "Callback that waits, ends early or calls its own space",
        "The {0} given to '{1}' {2}; {3}",
        Drivers,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Getters run inside a lookup and observers on the thread that allocates, binds, frees or releases an id. A wait there stops that "
            + "thread. It never ends if it waits for the next action of that thread.",
        helpLinkUri: PageOf(DiagnosticIds.UnfitCallback));
}
