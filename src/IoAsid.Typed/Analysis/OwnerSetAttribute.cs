namespace IoAsid.Typed;

/// <summary>
/// Marks a set or reader that holds the ids of one owner and no other's, so that finding an id there proves whose it is. The analyzer
/// (IOASID3003) asks for such a set where it cannot see the set being made for its owner.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class OwnerSetAttribute : Attribute;
