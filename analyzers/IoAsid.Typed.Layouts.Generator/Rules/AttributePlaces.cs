using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The places of the arguments of an attribute in the source.</summary>
internal readonly struct AttributePlaces(AttributeData attribute, CancellationToken cancellationToken)
{
    private readonly AttributeSyntax? _syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;

    /// <summary>The attribute as a whole.</summary>
    public Location All => _syntax?.GetLocation() ?? Location.None;

    /// <summary>Returns the place of an argument of the constructor, or the whole attribute.</summary>
    public Location Parameter(string name)
    {
        AttributeArgumentSyntax? argument = Find(name);
        return argument?.Expression.GetLocation() ?? All;
    }

    /// <summary>Returns the place of a named argument, or the whole attribute.</summary>
    public Location Property(string name)
    {
        foreach (AttributeArgumentSyntax argument in Arguments)
        {
            if (string.Equals(argument.NameEquals?.Name.Identifier.ValueText, name, StringComparison.Ordinal))
                return argument.Expression.GetLocation();
        }

        return All;
    }

    /// <summary>Returns the place from the lowest bit to the highest.</summary>
    public Location Bits()
    {
        ExpressionSyntax? low = Find("lowBit")?.Expression;
        ExpressionSyntax? high = Find("highBit")?.Expression ?? low;
        return low is null || high is null || _syntax is null
            ? All
            : Location.Create(_syntax.SyntaxTree, TextSpan.FromBounds(Math.Min(low.SpanStart, high.SpanStart), Math.Max(low.Span.End, high.Span.End)));
    }

    private SeparatedSyntaxList<AttributeArgumentSyntax> Arguments => _syntax?.ArgumentList?.Arguments ?? default;

    private AttributeArgumentSyntax? Find(string parameter)
    {
        int position = -1;
        for (int index = 0; index < (attribute.AttributeConstructor?.Parameters.Length ?? 0); index++)
        {
            if (string.Equals(attribute.AttributeConstructor!.Parameters[index].Name, parameter, StringComparison.Ordinal))
                position = index;
        }

        if (position < 0)
            return null;

        foreach (AttributeArgumentSyntax argument in Arguments)
        {
            if (string.Equals(argument.NameColon?.Name.Identifier.ValueText, parameter, StringComparison.Ordinal))
                return argument;
        }

        return position < Arguments.Count && Arguments[position] is { NameEquals: null, NameColon: null } positional ? positional : null;
    }
}
