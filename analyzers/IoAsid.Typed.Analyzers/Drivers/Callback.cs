using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A lambda or method group given directly to the SDK.</summary>
internal sealed class Callback
{
    private readonly IOperation? _body;

    private Callback(CallbackRole role, IOperation written, IMethodSymbol method, IOperation? body)
    {
        Role = role;
        Written = written;
        Method = method;
        _body = body;
    }

    public CallbackRole Role { get; }

    /// <summary>The lambda or method group.</summary>
    public IOperation Written { get; }

    public IMethodSymbol Method { get; }

    public bool IsAsyncVoid => Method is { IsAsync: true, ReturnsVoid: true };

    /// <summary>Returns the callback that an argument is, or null.</summary>
    public static Callback? Of(IArgumentOperation argument)
    {
        if (RoleOf(argument.Parameter) is not { } role)
            return null;

        return WithoutConversions(argument.Value) is IDelegateCreationOperation { Target: var target }
            ? target switch
            {
                IAnonymousFunctionOperation lambda => new Callback(role, lambda, lambda.Symbol, lambda.Body),
                IMethodReferenceOperation group => new Callback(role, group, group.Method, BodyOf(group)),
                _ => null,
            }
            : null;
    }

    /// <summary>Returns the operations that run when the callback is called, without those of the lambdas and local functions inside.</summary>
    public IEnumerable<IOperation> Operations()
    {
        Stack<IOperation> open = new(_body is null ? [] : [_body]);
        while (open.Count > 0)
        {
            IOperation operation = open.Pop();
            yield return operation;
            foreach (IOperation child in operation.ChildOperations)
            {
                if (child is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
                    open.Push(child);
            }
        }
    }

    private static CallbackRole? RoleOf(IParameterSymbol? parameter) => parameter?.Name switch
    {
        "getter" => CallbackRole.Getter,
        "observer" => CallbackRole.Observer,
        "allocate" or "free" => CallbackRole.Allocator,
        _ => null,
    };

    private static IOperation WithoutConversions(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;

        return value;
    }

    /// <summary>Returns the body of a method in the same file. Other files would have to be compiled once more.</summary>
    private static IOperation? BodyOf(IMethodReferenceOperation group)
    {
        IMethodSymbol method = group.Method.PartialImplementationPart ?? group.Method;
        SyntaxNode? declaration = method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        if (declaration is null || declaration.SyntaxTree != group.Syntax.SyntaxTree)
            return null;

        return group.SemanticModel!.GetOperation(declaration) is ILocalFunctionOperation local ? local.Body : group.SemanticModel.GetOperation(declaration);
    }
}
