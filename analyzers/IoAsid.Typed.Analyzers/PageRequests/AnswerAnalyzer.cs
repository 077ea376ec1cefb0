using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID4001: a page request group, or another object that is to be answered once, answered on some path not at all, or twice.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AnswerAnalyzer : FlowAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public AnswerAnalyzer()
        : base(Descriptors.NotAnsweredOnce)
    {
    }

    private protected override FlowRule? RuleFor(SdkSymbols sdk, Compilation compilation)
    {
        AnswerMembers members = new(sdk, compilation);
        return members.AreThere ? new AnswerRule(members) : null;
    }
}
