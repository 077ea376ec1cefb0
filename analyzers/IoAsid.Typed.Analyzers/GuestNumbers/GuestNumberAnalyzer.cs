using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID3003: a number that a guest chose reaches a call before its owner was checked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuestNumberAnalyzer : FlowAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public GuestNumberAnalyzer()
        : base(Descriptors.UncheckedGuestNumber)
    {
    }

    private protected override FlowRule? RuleFor(SdkSymbols sdk, Compilation compilation)
    {
        GuestNumberMembers numbers = new(sdk, compilation);
        return numbers.AreThere ? new GuestNumberRule(numbers, new OwnerSets(sdk, compilation)) : null;
    }
}
