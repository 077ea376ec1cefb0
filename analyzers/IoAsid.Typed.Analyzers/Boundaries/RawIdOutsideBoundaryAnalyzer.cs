using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID3001: a bare number becomes an id outside of a hardware boundary.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RawIdOutsideBoundaryAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public RawIdOutsideBoundaryAnalyzer()
        : base(Descriptors.RawIdOutsideBoundary)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        HardwareBoundaries boundaries = new(sdk, context.Compilation);
        if (!sdk.HardwareBoundaryAttribute.Exists || boundaries.Contains(context.Compilation.Assembly))
            return;

        context.RegisterOperationAction(
            operation =>
            {
                // Without an argument it is the number 0, as `default` is everywhere, which is no number of hardware.
                if (operation.Operation is IObjectCreationOperation { Type: { Name: "RawIoAsid" } type, Arguments.IsEmpty: false } creation
                    && sdk.RawId.Is(type)
                    && !boundaries.Contains(creation, operation.ContainingSymbol))
                    operation.ReportDiagnostic(DiagnosticFor(creation, operation.ContainingSymbol));
            },
            OperationKind.ObjectCreation);
    }

    private static Diagnostic DiagnosticFor(IObjectCreationOperation creation, ISymbol member) =>
        IsTopLevel(member)
            ? Diagnostic.Create(Descriptors.RawIdOutsideBoundary, SiteOf(creation).GetLocation(), member.ContainingType.Name, $"a local function around it, or 'partial class {member.ContainingType.Name}',")
            : Diagnostic.Create(Descriptors.RawIdOutsideBoundary, SiteOf(creation).GetLocation(), MemberName.Of(member), $"'{MemberName.Of(member)}'");

    /// <summary>Returns true if a member is the top-level statements, which have no declaration for an attribute.</summary>
    private static bool IsTopLevel(ISymbol member) => member.Name is WellKnownMemberNames.TopLevelStatementsEntryPointMethodName;

    /// <summary>Returns the type where it is written, <c>new</c> where it is not.</summary>
    private static SyntaxNodeOrToken SiteOf(IObjectCreationOperation creation) => creation.Syntax switch
    {
        ObjectCreationExpressionSyntax written => written.Type,
        ImplicitObjectCreationExpressionSyntax unwritten => unwritten.NewKeyword,
        SyntaxNode other => other,
    };
}
