using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>A rule about calls. Compilers load <see cref="CallAnalyzer"/>, which runs all of these at once; by itself each can be tested and measured.</summary>
public abstract class CallRule : IoAsidAnalyzer
{
    private protected CallRule(params DiagnosticDescriptor[] descriptors)
        : base(descriptors)
    {
    }

    /// <summary>Registers the actions of the rule for calls of a compilation.</summary>
    internal abstract void Register(CallActions calls, SdkSymbols sdk);

    private protected sealed override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        CallActions calls = new(context);
        Register(calls, sdk);
        calls.Start();
    }
}
