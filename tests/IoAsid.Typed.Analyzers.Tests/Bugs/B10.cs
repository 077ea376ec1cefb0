// An object is destroyed after it was looked up as "any type".
sealed class Destroy(IoAsidSpace objects)
{
    public bool Run(RawIoAsid id) => UntypedLookup.Find(objects, null, id, null) is not null; // IOASID1001
}
