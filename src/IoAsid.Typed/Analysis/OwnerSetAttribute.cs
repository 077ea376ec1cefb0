namespace IoAsid.Typed;

/// <summary>
/// Marks a set or reader that has the ids of one owner only. A successful lookup there proves that the owner has the id. The analyzer
/// (IOASID3003) requires such a set where it does not see that the set is made for its owner.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class OwnerSetAttribute : Attribute;
