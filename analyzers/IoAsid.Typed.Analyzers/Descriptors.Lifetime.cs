using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Rules about how long ids, holds and data live: IOASID2xxx.</summary>
internal static partial class Descriptors
{
    private const string Lifetime = "IoAsid.Lifetime";

    public static readonly DiagnosticDescriptor Leak = new(
        DiagnosticIds.Leak,
        "A hold, reference or binding is forgotten on some path",
        "On some path out of '{0}', {1} is neither released nor passed on; {2}",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "While an id is held its number cannot be used again. A hold that is not released keeps it pending permanently.",
        helpLinkUri: PageOf(DiagnosticIds.Leak));

    public static readonly DiagnosticDescriptor UseAfterEnd = new(
        DiagnosticIds.UseAfterEnd,
        "Use after a free or release",
        "'{0}' of '{1}' ({2}) is used after '{3}' on every path to it, and throws; use it before",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "After its id is freed a handle is stale, and a released hold gives no data: the number may be another's by then.",
        helpLinkUri: PageOf(DiagnosticIds.UseAfterEnd));

    public static readonly DiagnosticDescriptor UnheldData = new(
        DiagnosticIds.UnheldData,
        "Data of an id that nothing holds",
        "The data that '{0}' found in '{1}' {2}, and nothing holds the id; take it with 'TryHold', and release it when the data is no longer needed",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A lookup holds nothing: the id may be freed, and its data taken down, as soon as the lookup has returned. "
            + "Data that is kept, or used after a wait, needs a reference to its id.",
        helpLinkUri: PageOf(DiagnosticIds.UnheldData));

    public static readonly DiagnosticDescriptor FreeBeforeCompletion = new(
        DiagnosticIds.FreeBeforeCompletion,
        "Free before the binding is completed",
        "'{0}' ({1}) is freed while its binding '{2}' is live, so its number stays pending; drain and complete the binding first, then free",
        Lifetime,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The orderly way is to stop the device, drain, complete the binding, and free last: then the number is back in the pool at once.",
        helpLinkUri: PageOf(DiagnosticIds.FreeBeforeCompletion));

    public static readonly DiagnosticDescriptor DroppedHandle = new(
        DiagnosticIds.DroppedHandle,
        "Handle of an allocation dropped",
        "The id that '{0}' allocates in '{1}' can be changed and freed by its handle only, and the handle is dropped; keep it",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "All changes of an id go through the handle that its allocation returned. Without it the id leaks, until its whole set is freed.",
        helpLinkUri: PageOf(DiagnosticIds.DroppedHandle));

    public static readonly DiagnosticDescriptor CheckThenAct = new(
        DiagnosticIds.CheckThenAct,
        "Check of an id, then an act on it",
        "'{0}' says what '{1}' knew of '{2}' a moment ago, and '{3}' acts on it; take the id with 'TryHold', which checks and keeps it in one step",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An id that a check found may be freed, and its number used again for another owner, before the next call. "
            + "A hold is the check, and what it found stays.",
        helpLinkUri: PageOf(DiagnosticIds.CheckThenAct));

    public static readonly DiagnosticDescriptor WaitWhileHolding = new(
        DiagnosticIds.WaitWhileHolding,
        "Waiting for a free that one's own hold prevents",
        "Waiting for 'FreeAsync' of '{0}' ({1}) never ends: {2} is live here; release it before waiting",
        Lifetime,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "FreeAsync completes when the last hold and binding of the id are gone. A caller that waits for it and holds the id waits for itself.",
        helpLinkUri: PageOf(DiagnosticIds.WaitWhileHolding));

    public static readonly DiagnosticDescriptor DroppedRegistration = new(
        DiagnosticIds.DroppedRegistration,
        "Registration or reservation dropped",
        "What '{0}' returns is dropped, so it can never be ended: {1}; keep it, and dispose it when it is no longer needed",
        Lifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An observer is notified, and capacity is kept back, until the result of the call is disposed. Without the result that is permanent.",
        helpLinkUri: PageOf(DiagnosticIds.DroppedRegistration));
}
