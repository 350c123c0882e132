//! The files of an account in Storage: `{owner}/{account}/{sha256}.{extension}`, in a private bucket, and a copy of what the
//! owner publishes in a public one. Everything is done in the caller's own name, under the policies of the buckets.

use std::time::Duration;

use async_trait::async_trait;

use super::SupabaseStore;
use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::{Caller, FileAddress, NewObject, ObjectStore, StoredFile};
use crate::supabase::{Bucket, ObjectPath, Upload};

const PRIVATE: &str = "ghostwren";
const PUBLIC: &str = "ghostwren-public";

impl SupabaseStore {
    async fn bucket(&self, caller: &Caller, name: &str) -> Result<Bucket> {
        self.inner.project.storage(self.inner.identities.access(caller).await?).bucket(name)
    }
}

/// The path of a file, whose name is one segment.
fn path(caller: &Caller, account: Id, name: &str) -> Result<ObjectPath> {
    if name.contains('/') {
        return Err(Error::new(ErrorKind::InvalidInput, "supabase.bad_path", "a file's name holds no slash")
            .with_remedy("Use the name as the list of files gives it."));
    }
    ObjectPath::owned(caller.owner(), account, name)
}

#[async_trait]
impl ObjectStore for SupabaseStore {
    async fn save(&self, caller: &Caller, account: Id, object: NewObject) -> Result<StoredFile> {
        let NewObject { file, extension, content_type } = object;
        let upload = Upload::file(file).content_type(content_type);
        let stored = self.bucket(caller, PRIVATE).await?.store(caller.owner(), account, extension, upload).await?;
        let name = stored.path.as_str().rsplit('/').next().unwrap_or_default().to_owned();
        Ok(StoredFile { name, size: None, created_at: None })
    }

    async fn list(&self, caller: &Caller, account: Id) -> Result<Vec<StoredFile>> {
        let folder = ObjectPath::new(format!("{}/{account}", caller.owner()))?;
        let files = self.bucket(caller, PRIVATE).await?.list_all(&folder).await?;
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let file = |object: crate::supabase::ObjectInfo| StoredFile {
            name: name(&object.path),
            size: object.size,
            created_at: object.created_at,
        };
        Ok(files.into_iter().map(file).collect())
    }

    async fn address(&self, caller: &Caller, account: Id, name: String, lives: Duration) -> Result<FileAddress> {
        let bucket = self.bucket(caller, PRIVATE).await?;
        let signed = bucket.signed_url(&path(caller, account, &name)?, lives).await?;
        Ok(FileAddress { url: signed.as_str().into(), expires_at: signed.expires_at })
    }

    async fn publish(&self, caller: &Caller, account: Id, name: String) -> Result<String> {
        let path = path(caller, account, &name)?;
        let (private, public) = (self.bucket(caller, PRIVATE).await?, self.bucket(caller, PUBLIC).await?);
        match private.copy_to(&path, &public, &path).await {
            // The same content, and so the same file.
            Err(error) if error.code() == "supabase.object_exists" => {}
            copied => copied?,
        }
        Ok(public.public_url(&path)?.into())
    }

    async fn unpublish(&self, caller: &Caller, account: Id, name: String) -> Result<bool> {
        Ok(self.bucket(caller, PUBLIC).await?.remove(&[path(caller, account, &name)?]).await? > 0)
    }

    async fn remove(&self, caller: &Caller, account: Id, name: String) -> Result<bool> {
        let path = path(caller, account, &name)?;
        let public = self.bucket(caller, PUBLIC).await?.remove(std::slice::from_ref(&path)).await?;
        Ok(self.bucket(caller, PRIVATE).await?.remove(&[path]).await? + public > 0)
    }

    async fn remove_all(&self, caller: &Caller, account: Id) -> Result<u64> {
        let folder = ObjectPath::new(format!("{}/{account}", caller.owner()))?;
        let mut removed = 0;
        for bucket in [PUBLIC, PRIVATE] {
            removed += match self.bucket(caller, bucket).await?.remove_all(&folder).await {
                // A project without the buckets keeps no files.
                Err(error) if error.code() == "supabase.no_bucket" => 0,
                removed => removed?,
            };
        }
        Ok(removed)
    }
}
