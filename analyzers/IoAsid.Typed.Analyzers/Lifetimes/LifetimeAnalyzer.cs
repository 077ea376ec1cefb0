using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2001, IOASID2002, IOASID2005 and IOASID2008: what becomes of holds, references, bindings and handles along the paths of a function.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LifetimeAnalyzer : FlowAnalyzer
{
    /// <summary>Creates the rules.</summary>
    public LifetimeAnalyzer()
        : base(Descriptors.Leak, Descriptors.UseAfterEnd, Descriptors.FreeBeforeCompletion, Descriptors.WaitWhileHolding)
    {
    }

    private protected override FlowRule? RuleFor(SdkSymbols sdk, Compilation compilation) => new LifetimeRule(new LifetimeMembers(sdk, compilation));
}
