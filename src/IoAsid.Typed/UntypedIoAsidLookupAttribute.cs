namespace IoAsid.Typed;

/// <summary>
/// Marks a lookup that takes a number and returns data of an unchecked type: <c>ioasid_find(NULL, id, NULL)</c>, a wrapper around
/// it, or a P/Invoke. The analyzer reports every use (IOASID1001 and IOASID1002) and offers the typed lookup.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Property, Inherited = true)]
public sealed class UntypedIoAsidLookupAttribute : Attribute;
