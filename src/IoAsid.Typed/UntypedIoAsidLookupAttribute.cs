namespace IoAsid.Typed;

/// <summary>
/// Marks a lookup that takes a number and gives back data whose type nobody checks: <c>ioasid_find(NULL, id, NULL)</c>, a wrapper around
/// it, or a P/Invoke. The analyzer reports every use of it (IOASID1001 and IOASID1002) and offers the typed lookup instead.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Property, Inherited = true)]
public sealed class UntypedIoAsidLookupAttribute : Attribute;
