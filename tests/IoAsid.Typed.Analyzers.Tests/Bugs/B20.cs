// The field that holds the id of an object is written twice, so that two objects have one id.
sealed class AccessList
{
    public static void Rename(IoAsidHandle<SvaBinding> access, RawIoAsid other) => access.Id = other; // CS0200
}
